using Distributed.Testing;

[assembly: AssemblyFixture(typeof(TorchFixture))]
