"""kinepath: from raw sports clips to keypoints, kinematics, kinetic chains and comparisons."""

from snakemake.utils import min_version

min_version("9.27")


configfile: "config/config.yaml"


report: "workflow/report/workflow.rst"


include: "rules/common.smk"
include: "rules/outcome.smk"
include: "rules/sources.smk"
include: "rules/backends.smk"
include: "rules/resources.smk"
include: "rules/simulate.smk"
include: "rules/probe.smk"
include: "rules/camera_shots.smk"
include: "rules/conform.smk"
include: "rules/environments.smk"
include: "rules/checkpoint.smk"
include: "rules/pose.smk"
include: "rules/agreement.smk"
include: "rules/clean.smk"
include: "rules/camera.smk"
include: "rules/bat.smk"
include: "rules/events.smk"
include: "rules/align.smk"
include: "rules/kinematics.smk"
include: "rules/chain.smk"
include: "rules/pairs.smk"
include: "rules/pair.smk"
include: "rules/reps.smk"
include: "rules/form.smk"
include: "rules/videos.smk"
include: "rules/composites.smk"
include: "rules/montage.smk"
include: "rules/summary.smk"
include: "rules/clip_page.smk"
include: "rules/comparison_page.smk"
include: "rules/site.smk"
include: "rules/doctor.smk"


onstart:
    check_device(here=workflow.local_exec) if wants_gpu() else None


localrules:
    all,
    clips,
    failed_clips,
    doctor,


# What a run leaves: the page, and what it does not show.
RESULTS = [
    "results/site/index.html",
    "results/summary.csv",
    *expand("results/probe/{clip}.json", clip=CLIPS),
    *project.per_clip("results/chain/{clip}.json", project.implement_clips),
    *project.per_clip("results/reps/{clip}.json", project.exercise_clips),
    *project.can_be_made(
        expand("results/pairs/{activity}.json", activity=project.compared_activities)
    ),
]


rule all:
    default_target: True
    input:
        RESULTS,
        # Fails, once all else is there: a run that went on without some clips is no success.
        "results/no_clip_failed" if UNUSABLE and not AGAIN else [],


rule clips:
    input:
        project.per_clip("results/overlays/{clip}.mp4"),
        project.per_clip("results/skeletons/{clip}.mp4"),
        project.per_clip("results/kinematics/{clip}.h5"),
        project.per_clip("results/kinematics/{clip}.png"),
        project.per_clip("results/bat/{clip}_swing.png", clips=project.implement_clips),
        project.per_clip("results/chain/{clip}.json", clips=project.implement_clips),
        project.per_clip("results/reps/{clip}.json", clips=project.exercise_clips),
        project.per_clip("results/form/{clip}.json", clips=project.exercise_clips),
        expand("results/probe/{clip}.json", clip=CLIPS),
    message:
        "Everything that concerns single clips is there; comparisons were not asked for"


rule failed_clips:
    input:
        RESULTS,
    output:
        "results/no_clip_failed",
    log:
        "logs/failed_clips.log",
    conda:
        "envs/main.yaml"
    params:
        clips=sorted(UNUSABLE),
        code=code("failed_clips.py"),
    message:
        "Some clips could not be used"
    script:
        "workflow/scripts/failed_clips.py"
