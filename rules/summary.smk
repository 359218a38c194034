"""One row per clip with what was found of it, for spreadsheets."""


rule summary:
    input:
        *(
            path
            for part in [
                "results/camera_shots/{clip}.json",
                "results/conformed/{clip}.json",
                "results/keypoints/{clip}.h5",
                "results/kinematics/{clip}.h5",
            ]
            for path in project.per_clip(part)
        ),
        project.per_clip("results/chain/{clip}.json", project.implement_clips),
        project.per_clip("results/form/{clip}.json", project.exercise_clips),
        project.can_be_made(expand("results/probe/{clip}.json", clip=CLIPS)),
    output:
        "results/summary.csv",
    log:
        "logs/summary.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        rows={
            clip: plan.only(row, "label", "activity", "athlete")
            for clip, row in CLIPS.items()
        },
        failures=lambda wildcards: FAILURES,
        code=code("summary.py"),
    message:
        "summing up all clips in a table"
    script:
        "../workflow/scripts/summary.py"
