namespace Scalelite.Api.Demo;

/// <summary>What a demo is started with.</summary>
/// <param name="Port">Where the load balancer listens on 127.0.0.1; 0 takes a free port.</param>
/// <param name="Secret">What clients sign with.</param>
/// <param name="ConnectionString">A database without events; null starts a private PostgreSQL.</param>
/// <param name="SecretKeyBase">What secrets and seals are made with, so that commands can be tried on the demo's history; empty makes one.</param>
internal sealed record DemoOptions(int Port, string Secret, string? ConnectionString = null, string SecretKeyBase = "");

/// <summary>The demo cannot start; the message says what to do.</summary>
internal sealed class DemoRefusedException(string message) : Exception(message);
