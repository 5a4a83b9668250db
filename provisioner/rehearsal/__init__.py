"""The reconciler, unchanged, on twins in virtual time: a night's switch in seconds. It writes to no cluster and to no store."""
