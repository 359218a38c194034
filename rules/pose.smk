"""The pose model, and keypoints in 2D and 3D."""


rule model:
    output:
        "resources/models/pose_landmarker_{variant}.task",
    log:
        "logs/model/{variant}.log",
    wildcard_constraints:
        variant="lite|full|heavy|own",
    retries: 1
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500),
        runtime=minutes(15),
    params:
        own=lambda wildcards: config["pose"]["model_path"],
        digest=config["pose"]["model_sha256"],
        code=code("model.py"),
    message:
        "Getting the pose model"
    script:
        "../workflow/scripts/model.py"


rule pose:
    input:
        video="results/conformed/{clip}.mp4",
        facts="results/conformed/{clip}.json",
        model=pose_model(),
        networks=pose_networks(),
        environment=pose_environment(),
    output:
        "results/keypoints/{clip}.h5",
    log:
        "logs/pose/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1 if pose_environment() == [] else 4
    resources:
        mem_mb=memory(2000),
        runtime=minutes(10),
        gpu=gpus_for_pose,
    params:
        settings=pose_settings(),
        subject=config["subject"],
        box=column("subject"),
        implement=lambda wildcards: project.has_implement(wildcards.clip),
        code=pose_code(),
    message:
        "{wildcards.clip}: finding keypoints"
    script:
        "../workflow/scripts/pose.py"
