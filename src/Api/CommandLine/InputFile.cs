using System.CommandLine;

namespace Scalelite.Api.CommandLine;

/// <summary>
/// An argument that names a file to be read by <see cref="CommandScope.ReadFileAsync"/>. Where an instance elsewhere runs the command, the
/// file's text goes there with it: so that it is known which files to send, no argument but these may name one.
/// </summary>
internal sealed class InputFileArgument(string name) : Argument<string>(name);

/// <summary>An option that names a file to be read by <see cref="CommandScope.ReadFileAsync"/>; see <see cref="InputFileArgument"/>.</summary>
internal sealed class InputFileOption(string name) : Option<string>(name);
