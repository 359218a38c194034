"""How the camera moved."""


rule camera:
    input:
        video="results/conformed/{clip}.mp4",
        facts="results/camera_shots/{clip}.json",
        poses="results/keypoints/{clip}.h5",
    output:
        "results/camera/{clip}.h5",
    log:
        "logs/camera/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500),
        runtime=minutes(10),
    params:
        settings=config["camera"],
        code=code("camera.py"),
    message:
        "{wildcards.clip}: finding how the camera moved"
    script:
        "../workflow/scripts/camera.py"
