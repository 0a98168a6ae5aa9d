// Holds the datastore until the process ends.
#DECLARE($done : Object)
ds.flushAndLock()
ds.flushAndLock()
$done.trigger()
