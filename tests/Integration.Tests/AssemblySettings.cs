// Each test starts several processes that compute: one test at a time fits a machine of two cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
