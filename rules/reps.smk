"""Repetitions of an exercise."""


rule reps:
    input:
        poses="results/clean/{clip}.h5",
        conformed="results/conformed/{clip}.json",
    output:
        json="results/reps/{clip}.json",
        png=report(
            "results/reps/{clip}.png",
            caption="../workflow/report/repetitions.rst",
            category="Exercises",
            labels={"clip": "{clip}", "figure": "repetitions"},
        ),
    log:
        "logs/reps/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500),
        runtime=minutes(10),
    params:
        exercise=lambda wildcards: project.exercise_of(wildcards.clip),
        label=lambda wildcards: project.title(wildcards.clip),
        corrections=column("repetitions"),
        settings=config["reps"],
        code=code("reps.py"),
    message:
        "{wildcards.clip}: finding repetitions"
    script:
        "../workflow/scripts/reps.py"
