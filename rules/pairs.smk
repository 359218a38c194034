"""Comparison of clips by dynamic time warping."""


rule pairs:
    input:
        lambda wildcards: per_clip(
            "results/kinematics/{clip}.h5", clips_of(wildcards.activity)
        ),
    output:
        pairs="results/pairs/{activity}.h5",
        matrix="results/pairs/{activity}_matrix.png",
    log:
        "logs/pairs/{activity}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        clips=lambda wildcards: clips_of(wildcards.activity),
        labels=lambda wildcards: [
            CLIPS[clip]["label"] for clip in clips_of(wildcards.activity)
        ],
        settings=config["pairs"],
        code=code("pairs.py"),
    message:
        "{wildcards.activity}: comparing all clips"
    script:
        "../workflow/scripts/pairs.py"


rule warping_path:
    input:
        pairs=lambda wildcards: f"results/pairs/{CLIPS[wildcards.a]['activity']}.h5",
        kinematics=["results/kinematics/{a}.h5", "results/kinematics/{b}.h5"],
    output:
        "results/pairs/paths/{a}--{b}.png",
    log:
        "logs/pairs/paths/{a}--{b}.log",
    wildcard_constraints:
        a="|".join(CLIPS),
        b="|".join(CLIPS),
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        labels=lambda wildcards: [
            CLIPS[clip]["label"] for clip in (wildcards.a, wildcards.b)
        ],
        code=code("warping_path.py"),
    message:
        "{wildcards.a}, {wildcards.b}: drawing the warping path"
    script:
        "../workflow/scripts/warping_path.py"
