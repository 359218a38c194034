"""The pose model, and keypoints in 2D and 3D."""


rule model:
    message:
        "Getting the pose model"
    output:
        "resources/models/pose_landmarker_{variant}.task",
    log:
        "logs/model/{variant}.log",
    wildcard_constraints:
        variant="lite|full|heavy|own",
    params:
        own=config["pose"]["model_path"],
        digest=config["pose"]["model_sha256"],
        code=code("model.py"),
    threads: 1
    resources:
        mem_mb=1500,
        runtime=15,
    retries: 1
    script:
        "../workflow/scripts/model.py"


rule pose:
    message:
        "{wildcards.clip}: finding keypoints"
    input:
        video="results/conformed/{clip}.mp4",
        facts="results/conformed/{clip}.json",
        model=pose_model(),
    output:
        "results/keypoints/{clip}.h5",
    log:
        "logs/pose/{clip}.log",
    params:
        settings=config["pose"],
        code=code("pose.py", f"kinepath.pose.{config['pose']['backend']}"),
    threads: 1
    resources:
        mem_mb=2000,
        runtime=video_minutes,
        gpu=gpus_for_pose,
    script:
        "../workflow/scripts/pose.py"
