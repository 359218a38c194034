"""Jobs that go wrong at the first attempt."""


rule all:
    input:
        expand("results/{name}.json", name=["cancelled", "late", "orphaned"]),


rule step:
    output:
        "results/{name}.json",
    log:
        "logs/step/{name}.log",
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: 500 * attempt,
        runtime=lambda wildcards, attempt: attempt,
        attempt=lambda wildcards, attempt: attempt,
    message:
        "{wildcards.name}: attempt {resources.attempt}"
    script:
        "failures.py"
