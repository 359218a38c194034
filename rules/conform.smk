"""Upright, trimmed videos of one constant frame rate."""


rule conform:
    message:
        "{wildcards.clip}: conforming"
    input:
        raw=raw_video,
        facts="results/probe/{clip}.json",
    output:
        video="results/conformed/{clip}.mp4",
        facts="results/conformed/{clip}.json",
    log:
        "logs/conform/{clip}.log",
    params:
        start_s=column("start_s"),
        end_s=column("end_s"),
        true_fps=column("fps"),
        settings=config["conform"],
        code=code("conform.py"),
    threads: 1
    resources:
        mem_mb=1500,
        runtime=video_minutes,
    script:
        "../workflow/scripts/conform.py"
