"""The camera shots of a clip, and which of them is proposed."""


rule segments:
    input:
        raw=raw_video,
        facts="results/facts/{clip}.json",
        model=pose_model(),
    output:
        facts="results/probe/{clip}.json",
        sheet="results/probe/{clip}.png",
    log:
        "logs/segments/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=video_minutes,
    params:
        start_s=column("start_s"),
        end_s=column("end_s"),
        implement=lambda wildcards: has_implement(wildcards.clip),
        settings=config["segments"],
        subject=config["subject"],
        pose=config["pose"],
        code=code("segments.py", f"kinepath.pose.{config['pose']['backend']}"),
    message:
        "{wildcards.clip}: looking at the camera shots"
    script:
        "../workflow/scripts/segments.py"
