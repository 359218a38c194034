"""The camera shots of a clip, and which of them is proposed."""


rule camera_shots:
    input:
        raw=raw_video,
        facts="results/probe/{clip}.json",
        model=pose_model("mediapipe"),
    output:
        facts="results/camera_shots/{clip}.json",
        sheet="results/camera_shots/{clip}.png",
    log:
        "logs/camera_shots/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(2000),
        runtime=video_minutes,
    params:
        start_s=column("start_s"),
        end_s=column("end_s"),
        implement=lambda wildcards: project.has_implement(wildcards.clip),
        exercise=lambda wildcards: project.exercise_of(wildcards.clip) is not None,
        settings=config["segments"],
        subject=plan.only(
            config["subject"],
            *("whole_picture", "tiles", "rate_hz", "search_confidence", "least_score"),
        ),
        # Whatever finds the keypoints: the default backend runs everywhere, and looks at few pictures.
        pose={**pose_settings("mediapipe"), "device": "cpu"},
        code=code("camera_shots.py", "kinepath.pose.backends.mediapipe"),
    message:
        "{wildcards.clip}: looking at the camera shots"
    script:
        "../workflow/scripts/camera_shots.py"
