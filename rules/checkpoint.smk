"""OpenMMLab's own weights, for configurations whose checkpoint is called `official`."""


rule checkpoint:
    input:
        # A newer environment does not make other weights.
        environment=ancient(pose_environment("mmpose")),
    output:
        "resources/models/mmpose/{configuration}.pth",
    log:
        "logs/checkpoint/{configuration}.log",
    wildcard_constraints:
        configuration=CONFIGURATION,
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(30),
    params:
        digest=lambda wildcards: official_digest(wildcards.configuration),
        code=code("checkpoint.py"),
    message:
        "Getting the weights of {wildcards.configuration}"
    script:
        "../workflow/scripts/checkpoint.py"
