"""The bat, or whatever is swung."""


rule bat:
    input:
        video="results/conformed/{clip}.mp4",
        poses="results/clean/{clip}.h5",
        camera="results/camera/{clip}.h5",
    output:
        "results/bat/{clip}.h5",
    log:
        "logs/bat/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(2000),
        runtime=minutes(10),
    params:
        implement=lambda wildcards: project.implement_of(wildcards.clip),
        stature_m=column("height_m"),
        handed=column("handed"),
        settings=config["bat"],
        code=code("bat.py", *bat_detector()),
    message:
        "{wildcards.clip}: finding the bat"
    script:
        "../workflow/scripts/bat.py"


rule swing_picture:
    input:
        video="results/conformed/{clip}.mp4",
        bat="results/bat/{clip}.h5",
        poses="results/clean/{clip}.h5",
        events="results/events/{clip}.json",
    output:
        report(
            "results/bat/{clip}_swing.png",
            caption="../workflow/report/swing.rst",
            category="Movement",
            labels={"clip": "{clip}", "figure": "swing"},
        ),
    log:
        "logs/swing_picture/{clip}.log",
    wildcard_constraints:
        clip="|".join(project.implement_clips) or "^$",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500),
        runtime=minutes(10),
    params:
        label=lambda wildcards: project.title(wildcards.clip),
        code=code("swing_picture.py"),
    message:
        "{wildcards.clip}: drawing the swing"
    script:
        "../workflow/scripts/swing_picture.py"
