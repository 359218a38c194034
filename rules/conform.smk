"""Upright, trimmed videos of one constant frame rate."""


rule conform:
    input:
        raw=raw_video,
        facts="results/camera_shots/{clip}.json",
    output:
        video="results/conformed/{clip}.mp4",
        facts="results/conformed/{clip}.json",
    log:
        "logs/conform/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500),
        runtime=video_minutes,
    params:
        true_fps=column("fps"),
        settings=config["conform"],
        code=code("conform.py"),
    message:
        "{wildcards.clip}: conforming"
    script:
        "../workflow/scripts/conform.py"
