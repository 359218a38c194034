"""Velocities, accelerations, joint angles, the motion of the bat."""


rule kinematics:
    input:
        aligned="results/aligned/{clip}.h5",
        clean="results/clean/{clip}.h5",
        events=of_implement("results/events/{clip}.json"),
    output:
        "results/kinematics/{clip}.h5",
    log:
        "logs/kinematics/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        height_m=column("height_m"),
        code=code("kinematics.py"),
    message:
        "{wildcards.clip}: deriving kinematics"
    script:
        "../workflow/scripts/kinematics.py"


rule kinematics_figure:
    input:
        "results/kinematics/{clip}.h5",
    output:
        report(
            "results/kinematics/{clip}.png",
            caption="../workflow/report/movement.rst",
            category="Movement",
            labels={"clip": "{clip}", "figure": "movement"},
        ),
    log:
        "logs/kinematics_figure/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        label=lambda wildcards: project.title(wildcards.clip),
        code=code("kinematics_figure.py"),
    message:
        "{wildcards.clip}: drawing poses, speeds and angles"
    script:
        "../workflow/scripts/kinematics_figure.py"
