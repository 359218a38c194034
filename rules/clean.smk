"""Keypoint tracks without outliers, short gaps and jitter."""


rule clean:
    message:
        "{wildcards.clip}: cleaning keypoints"
    input:
        "results/keypoints/{clip}.h5",
    output:
        "results/clean/{clip}.h5",
    log:
        "logs/clean/{clip}.log",
    params:
        settings=config["clean"],
        code=code("clean.py"),
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    script:
        "../workflow/scripts/clean.py"
