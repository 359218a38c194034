"""The kinetic chain."""


rule chain:
    input:
        kinematics="results/kinematics/{clip}.h5",
        poses="results/clean/{clip}.h5",
    output:
        chain="results/chain/{clip}.json",
        png="results/chain/{clip}_corrpath.png",
        svg="results/chain/{clip}_corrpath.svg",
    log:
        "logs/chain/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        label=column("label"),
        settings=config["chain"],
        code=code("chain.py"),
    message:
        "{wildcards.clip}: finding the kinetic chain"
    script:
        "../workflow/scripts/chain.py"
