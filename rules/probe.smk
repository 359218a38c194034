"""Facts about the raw videos."""


rule probe:
    input:
        raw=raw_video,
    output:
        "results/probe/{clip}.json",
    log:
        "logs/probe/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=video_minutes,
    params:
        path=column("path"),
        start_s=column("start_s"),
        end_s=column("end_s"),
        fps=column("fps"),
        settings=config["probe"],
        code=code("probe.py"),
    message:
        "{wildcards.clip}: probing"
    script:
        "../workflow/scripts/probe.py"
