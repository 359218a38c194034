"""Procrustes alignment into the common frame."""


rule mean_motion:
    input:
        clean=lambda wildcards: expand(
            "results/clean/{clip}.h5", clip=project.averaged(wildcards.activity)
        ),
        camera=lambda wildcards: expand(
            "results/camera/{clip}.h5", clip=project.averaged(wildcards.activity)
        ),
    output:
        "results/means/{activity}.h5",
    log:
        "logs/mean_motion/{activity}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(2000),
        runtime=minutes(30),
    params:
        clips=lambda wildcards: project.averaged(wildcards.activity),
        mirror=lambda wildcards: [
            project.is_mirrored(clip) for clip in project.averaged(wildcards.activity)
        ],
        correspondence=config["align"]["correspondence"],
        code=code("mean_motion.py"),
    message:
        "{wildcards.activity}: finding the mean motion"
    script:
        "../workflow/scripts/mean_motion.py"


rule align:
    input:
        unpack(lambda wildcards: project.reference_files(wildcards.clip)),
        clean="results/clean/{clip}.h5",
        camera="results/camera/{clip}.h5",
        bat=of_implement("results/bat/{clip}.h5"),
    output:
        "results/aligned/{clip}.h5",
    log:
        "logs/align/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        mirror=lambda wildcards: project.is_mirrored(wildcards.clip),
        mirror_reference=lambda wildcards: project.reference_is_mirrored(wildcards.clip),
        correspondence=config["align"]["correspondence"],
        code=code("align.py"),
    message:
        "{wildcards.clip}: aligning"
    script:
        "../workflow/scripts/align.py"
