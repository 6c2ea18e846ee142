global using Microsoft.Extensions.Logging;
global using Task = System.Threading.Tasks.Task;
