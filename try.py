import sys, time
from statistics import fmean
from tests.bench import shapes as s
agents=int(sys.argv[1]); import os; SEEDS=tuple(map(int,os.environ.get("SEEDS","1").split(",")))
for n in sys.argv[2:]:
    t=time.process_time()
    ps=[s.played(s.SHAPES[n], agents, seed=k) for k in SEEDS]
    print(n, s.figures_of(ps), [p.forecast.ready for p in ps], f"{(time.process_time()-t)/len(SEEDS):.1f} s cpu", flush=True)
