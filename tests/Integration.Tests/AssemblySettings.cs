// Each test starts several processes that compute: one test at a time fits a machine of two cores.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
