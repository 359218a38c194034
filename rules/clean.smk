"""Keypoint tracks without outliers, short gaps and jitter."""


rule clean:
    input:
        "results/keypoints/{clip}.h5",
    output:
        "results/clean/{clip}.h5",
    log:
        "logs/clean/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        settings=plan.clean_settings(config["clean"]),
        code=code("clean.py"),
    message:
        "{wildcards.clip}: cleaning keypoints"
    script:
        "../workflow/scripts/clean.py"
