using System.Net.Sockets;

namespace Scalelite.Simulator.Network;

/// <summary>Whose connection it is: what each request on it finds among its features.</summary>
/// <param name="Node">Null for the control endpoint's.</param>
/// <param name="Remote">The caller's address and port.</param>
internal sealed record NodeConnection(SimulatedNode? Node, Socket Socket, string Remote);
