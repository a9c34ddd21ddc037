global using Microsoft.Extensions.DependencyInjection;
global using Scalelite.Testing;
global using Xunit;
