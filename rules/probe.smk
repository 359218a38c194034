"""Facts about the raw videos."""


rule probe:
    message:
        "{wildcards.clip}: probing"
    input:
        raw=raw_video,
    output:
        "results/probe/{clip}.json",
    log:
        "logs/probe/{clip}.log",
    params:
        path=column("path"),
        start_s=column("start_s"),
        end_s=column("end_s"),
        settings=config["probe"],
        code=code("probe.py"),
    threads: 1
    resources:
        mem_mb=1000,
        runtime=video_minutes,
    script:
        "../workflow/scripts/probe.py"
