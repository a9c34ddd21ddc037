using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Scalelite.Api.Tests.Invariants;

/// <summary>
/// What must hold, 6. How long a comparison takes cannot be told from the noise of a test machine, so the sources are read. That <c>/admin/api/v1</c> shares no
/// secret with an LMS: <see cref="AdminV1.TokenTests"/>.
/// </summary>
public sealed partial class Checksums_and_tokens_are_compared_in_constant_time
{
    [Theory]
    [InlineData("BigBlueButton/Checksums/Checksum.cs")]
    [InlineData("BigBlueButton/Tokens/JsonWebToken.cs")]
    [InlineData("Api/AdminV1/BearerTokens.cs")]
    [InlineData("Api/DialIn/DialInEndpoint.cs")]
    [InlineData("Api/Metrics/MetricsEndpoint.cs")]
    [InlineData("Api/Playback/LinkTokens.cs")]
    [InlineData("Workers/Callbacks/CallbackMac.cs")]
    [InlineData("Workers/Hooks/HookRelay.cs")]
    public void Where_a_secret_is_judged(string file) => Assert.Contains("CryptographicOperations.FixedTimeEquals(", File.ReadAllText(Path.Combine(Sources(), file)), StringComparison.Ordinal);

    [Fact]
    public void And_nowhere_is_a_code_of_ours_compared_otherwise()
    {
        var comparing = Directory.EnumerateFiles(Sources(), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Intersect(["bin", "obj", "Simulator"]).Any())
            .SelectMany(File.ReadLines, (file, line) => (File: Path.GetFileName(file), Line: line))
            .Where(at => Compared().IsMatch(at.Line))
            .Select(at => $"{at.File}: {at.Line.Trim()}");

        Assert.Empty(comparing);
    }

    [GeneratedRegex(@"HMAC\w+\.HashData\(.*\)\s*(==|!=|\.SequenceEqual|\.Equals)|(==|!=|SequenceEqual\()\s*HMAC\w+\.HashData\(")]
    private static partial Regex Compared();

    private static string Sources([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "src");
}
