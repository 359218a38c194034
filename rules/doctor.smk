"""What this machine offers: `snakemake doctor`."""


rule doctor:
    log:
        "logs/doctor.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    message:
        "Looking at what this machine offers"
    script:
        "../workflow/scripts/doctor.py"
