"""The form of exercises: metrics and scores per repetition, their pictures and video."""


rule form:
    input:
        poses="results/clean/{clip}.h5",
        keypoints="results/keypoints/{clip}.h5",
        repetitions="results/reps/{clip}.json",
        exercise=exercise_files,
    output:
        "results/form/{clip}.json",
    log:
        "logs/form/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        view=column("view"),
        settings=config["form"],
        clean=plan.clean_settings(config["clean"]),
        schema=load_schema(SCHEMAS / "exercise.schema.yaml"),
        code=code("form.py"),
    message:
        "{wildcards.clip}: judging the repetitions"
    script:
        "../workflow/scripts/form.py"


rule form_figures:
    input:
        "results/form/{clip}.json",
    output:
        table=report(
            "results/form/{clip}.png",
            caption="../workflow/report/form.rst",
            category="Exercises",
            labels={"clip": "{clip}", "figure": "metrics"},
        ),
        drift=report(
            "results/form/{clip}_drift.png",
            caption="../workflow/report/form.rst",
            category="Exercises",
            labels={"clip": "{clip}", "figure": "change over the set"},
        ),
    log:
        "logs/form_figures/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        label=lambda wildcards: project.title(wildcards.clip),
        code=code("form_figures.py"),
    message:
        "{wildcards.clip}: drawing the repetitions' metrics"
    script:
        "../workflow/scripts/form_figures.py"


rule form_video:
    input:
        poses="results/clean/{clip}.h5",
        form="results/form/{clip}.json",
        exercise=exercise_files,
        conformed="results/conformed/{clip}.json",
        video="results/conformed/{clip}.mp4",
    output:
        video="results/form/{clip}.mp4",
    log:
        "logs/form_video/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 2
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        label=lambda wildcards: project.title(wildcards.clip),
        schema=load_schema(SCHEMAS / "exercise.schema.yaml"),
        settings=plan.only(config["videos"], "crf"),
        code=code("form_video.py"),
    message:
        "{wildcards.clip}: counting the repetitions in the video"
    script:
        "../workflow/scripts/form_video.py"
