"""What portfolioopt takes, in seconds and memory, beside others on the same instance in the same run.

python -m benchmarks list                      the cases, phases and engines
python -m benchmarks run CASE …                measures, and appends a line of JSON for each measurement
python -m benchmarks pictures                  draws gap against time for each case measured
python -m benchmarks page                      writes docs/speed.md from the results

Seconds of different runs, or of different machines, do not compare; ratios within one run do, roughly.
"""
