"""Two pose backends on one clip: `snakemake results/backends/CLIP/mediapipe--onnx.json`."""


use rule pose as pose_by with:
    input:
        video="results/conformed/{clip}.mp4",
        facts="results/conformed/{clip}.json",
        model=lambda wildcards: pose_model(wildcards.backend),
        networks=lambda wildcards: pose_networks(wildcards.backend),
        environment=lambda wildcards: pose_environment(wildcards.backend),
    output:
        "results/backends/{clip}/{backend}.h5",
    log:
        "logs/pose_by/{clip}/{backend}.log",
    wildcard_constraints:
        backend="[a-z0-9]+",
    params:
        settings=lambda wildcards: pose_settings(wildcards.backend),
        subject=config["subject"],
        box=column("subject"),
        implement=lambda wildcards: project.has_implement(wildcards.clip),
        code=lambda wildcards: pose_code(wildcards.backend),
    message:
        "{wildcards.clip}: finding keypoints by {wildcards.backend}"


rule agreement:
    input:
        "results/backends/{clip}/{one}.h5",
        "results/backends/{clip}/{other}.h5",
    output:
        json="results/backends/{clip}/{one}--{other}.json",
        table="results/backends/{clip}/{one}--{other}.txt",
    log:
        "logs/agreement/{clip}/{one}--{other}.log",
    wildcard_constraints:
        one="[a-z0-9]+",
        other="[a-z0-9]+",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        code=code("agreement.py"),
    message:
        "{wildcards.clip}: comparing {wildcards.one} and {wildcards.other}"
    script:
        "../workflow/scripts/agreement.py"
