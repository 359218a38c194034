"""The bat, or whatever is swung."""


rule bat:
    message:
        "{wildcards.clip}: finding the bat"
    input:
        "results/clean/{clip}.h5",
    output:
        "results/bat/{clip}.h5",
    log:
        "logs/bat/{clip}.log",
    params:
        implement=lambda wildcards: implement_of(wildcards.clip),
        stature_m=column("height_m"),
        settings=config["bat"],
        code=code("bat.py"),
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    script:
        "../workflow/scripts/bat.py"
