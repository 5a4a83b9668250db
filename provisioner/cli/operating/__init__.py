"""What operators look at and do every day.

* `status`, as `status_text`;
* `freeze` (and thaw); `hold`: one desktop is left alone; `node`: cordon, drain, evacuate; `pool`: lend and take back.
"""
