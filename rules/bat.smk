"""The bat, or whatever is swung."""


rule bat:
    input:
        "results/clean/{clip}.h5",
    output:
        "results/bat/{clip}.h5",
    log:
        "logs/bat/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        implement=lambda wildcards: implement_of(wildcards.clip),
        stature_m=column("height_m"),
        settings=config["bat"],
        code=code("bat.py"),
    message:
        "{wildcards.clip}: finding the bat"
    script:
        "../workflow/scripts/bat.py"
