"""kinepath: from raw sports clips to keypoints, kinematics, kinetic chains and comparisons."""

from snakemake.utils import min_version

min_version("9.27")


configfile: "config/config.yaml"


include: "rules/common.smk"
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
include: "rules/align.smk"
include: "rules/kinematics.smk"
include: "rules/chain.smk"
include: "rules/pairs.smk"
include: "rules/pair.smk"
include: "rules/reps.smk"
include: "rules/form.smk"
include: "rules/videos.smk"
include: "rules/composites.smk"
include: "rules/site.smk"
include: "rules/doctor.smk"


onstart:
    check_device(here=workflow.local_exec) if wants_gpu() else None


localrules:
    all,
    clips,
    doctor,


rule all:
    default_target: True
    input:
        "results/site/index.html",
        per_clip("results/kinematics/{clip}.h5"),
        per_clip("results/kinematics/{clip}.png"),
        per_clip("results/chain/{clip}.json", clips=IMPLEMENT_CLIPS),
        per_clip("results/reps/{clip}.json", clips=EXERCISE_CLIPS),
        ["results/chain/summary.json"] if IMPLEMENT_CLIPS else [],
        expand("results/pairs/{activity}.json", activity=ACTIVITIES),


rule clips:
    input:
        per_clip("results/overlays/{clip}.mp4"),
        per_clip("results/skeletons/{clip}.mp4"),
        per_clip("results/kinematics/{clip}.h5"),
        per_clip("results/kinematics/{clip}.png"),
        per_clip("results/bat/{clip}_swing.png", clips=IMPLEMENT_CLIPS),
        per_clip("results/chain/{clip}.json", clips=IMPLEMENT_CLIPS),
        per_clip("results/reps/{clip}.json", clips=EXERCISE_CLIPS),
        per_clip("results/form/{clip}.json", clips=EXERCISE_CLIPS),
    message:
        "Everything that concerns single clips is there; comparisons were not asked for"
