
rule simulate:
    output:
        video="resources/clips/simulated/{scenario}.mp4",
        truth="resources/clips/simulated/{scenario}.truth.h5",
    log:
        "logs/simulate/{scenario}.log",
    wildcard_constraints:
        scenario="|".join(map(re.escape, config["simulate"]["clips"])) or "^$",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500),
        runtime=minutes(15),
    params:
        scenario=lambda wildcards: project.scenario(wildcards.scenario),
        code=code("simulate.py"),
    message:
        "{wildcards.scenario}: simulating an athlete"
    script:
        "../workflow/scripts/simulate.py"
