"""Procrustes alignment into the common frame."""


rule align:
    input:
        clean="results/clean/{clip}.h5",
        bat=lambda wildcards: (
            f"results/bat/{wildcards.clip}.h5" if has_implement(wildcards.clip) else []
        ),
        reference=lambda wildcards: per_clip(
            "results/clean/{clip}.h5", reference_of(wildcards.clip)
        ),
    output:
        "results/aligned/{clip}.h5",
    log:
        "logs/align/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        mirror=lambda wildcards: is_mirrored(wildcards.clip),
        mirror_reference=lambda wildcards: any(
            map(is_mirrored, reference_of(wildcards.clip))
        ),
        code=code("align.py"),
    message:
        "{wildcards.clip}: aligning"
    script:
        "../workflow/scripts/align.py"
