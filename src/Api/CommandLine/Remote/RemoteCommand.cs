using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Scalelite.Api.AdminV1;

namespace Scalelite.Api.CommandLine.Remote;

/// <summary>
/// Has a running instance run a command: sends the arguments with what they name of this machine to <c>/admin/api/v1/commands</c>, and prints
/// what comes back as it comes.
/// </summary>
/// <param name="mayWrite">Names that the arguments hold: an instance has no other file written here.</param>
internal sealed class RemoteCommand(Uri instance, string token, CommandInvocation invocation, IReadOnlySet<string> mayWrite)
{
    /// <summary>An order is no longer, in bytes; an instance takes no more.</summary>
    public const int LongestOrder = 4 << 20;

    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(10);

    // The instance sends a line at least every fifteen.
    private static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(60);

    /// <summary>Runs the command there.</summary>
    /// <param name="arguments">As they were typed.</param>
    /// <returns>Its <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(
        ParseResult parsed, IReadOnlyList<string> arguments, string url, CommandInvocation invocation, CancellationToken cancellation)
    {
        try
        {
            if (AddressOf(url) is not { } instance) return Refuse(invocation, $"'{url}' is no address of an instance: https://scalelite.example.org");
            var token = parsed.GetValue(RemoteOptions.TokenFile) is { } file
                ? (await invocation.Files.ReadAsync(file, cancellation)).Trim()
                : invocation.Settings[RemoteOptions.TokenVariable]?.Trim();
            if (string.IsNullOrEmpty(token) || token.Any(c => char.IsControl(c) || c > '~'))
                return Refuse(invocation, $"Give a token of the instance ('scalelite tokens add' makes one) in {RemoteOptions.TokenVariable}, or its file with --token-file");
            if (instance.Scheme == Uri.UriSchemeHttp && !instance.IsLoopback)
                await invocation.Error.WriteLineAsync("The token goes over http, where others may read it: use https");
            var named = parsed.Tokens.Select(argument => argument.Value).ToHashSet(StringComparer.Ordinal);
            var order = await OrderAsync(parsed, arguments, invocation, cancellation);
            return await new RemoteCommand(instance, token, invocation, named).RunAsync(order, parsed.GetValue(RemoteOptions.Reason), cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException)
        {
            return Refuse(invocation, e.Message);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Refuse(invocation, "Cancelled");
        }
    }

    private async Task<int> RunAsync(CommandOrder order, string? reason, CancellationToken cancellation)
    {
        using var http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = ConnectWithin, AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
        while (true)
        {
            var answer = await AskAsync(http, order, reason, cancellation);
            if (answer.Question is not { } question) return answer.Code;
            if (invocation.Ask?.Invoke(question) != true)
            {
                foreach (var frame in answer.Held) await PrintAsync(frame);
                return answer.Code;
            }

            order = order with { Confirmed = [.. order.Confirmed ?? [], question] };
        }
    }

    private async Task<Answer> AskAsync(HttpClient http, CommandOrder order, string? reason, CancellationToken cancellation)
    {
        var members = JsonSerializer.SerializeToNode(order, V1Json.Options)!.AsObject();
        if (!string.IsNullOrWhiteSpace(reason)) members["reason"] = reason;
        var body = JsonSerializer.SerializeToUtf8Bytes(members, V1Json.Options);
        if (body.Length > LongestOrder) throw new IOException($"What is to be sent along is longer than {LongestOrder >> 20} MiB");
        using var request = new HttpRequestMessage(HttpMethod.Post, instance) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.StatusCode != HttpStatusCode.OK) return new Answer(Refuse(invocation, await WhyAsync(response, cancellation)), null, []);
        return await ReadAsync(await response.Content.ReadAsStreamAsync(cancellation), cancellation);
    }

    private async Task<Answer> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var files = new Dictionary<string, Stream>(StringComparer.Ordinal);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        string? question = null;
        var held = new List<CommandFrame>();
        try
        {
            while (true)
            {
                silence.CancelAfter(SilentFor);
                if (await reader.ReadLineAsync(silence.Token) is not { } line) throw new IOException("The instance closed the connection");
                if (line.Length == 0) continue;
                var frame = JsonSerializer.Deserialize<CommandFrame>(line, V1Json.Options)!;
                if (frame.Exit is { } code) return new Answer(code, question, held);
                question ??= frame.Ask;
                if (question is not null) held.Add(frame);
                else if (frame.File is { } file) await WriteAsync(files, file, frame.Data, cancellation);
                else await PrintAsync(frame);
            }
        }
        catch (Exception e) when (e is IOException or JsonException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            var why = e is IOException ? e.Message : "The instance is silent, or answers something else";
            return new Answer(Refuse(invocation, $"{why}. Whether the command was done is not known"), null, []);
        }
        finally
        {
            foreach (var file in files.Values) await file.DisposeAsync();
        }
    }

    private async Task WriteAsync(Dictionary<string, Stream> files, string name, byte[]? data, CancellationToken cancellation)
    {
        if (!mayWrite.Contains(name)) throw new IOException("The instance wants to write a file that was not named");
        if (!files.TryGetValue(name, out var file)) files[name] = file = invocation.Files.Create(name);
        if (data is not null)
        {
            await file.WriteAsync(data, cancellation);
            return;
        }

        files.Remove(name);
        await file.DisposeAsync();
    }

    private async Task PrintAsync(CommandFrame frame)
    {
        if (frame.Out is not null)
        {
            await invocation.Output.WriteAsync(frame.Out);
            await invocation.Output.FlushAsync();
        }

        if (frame.Error is not null) await invocation.Error.WriteAsync(frame.Error);
    }

    private static async Task<string> WhyAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if ((int)response.StatusCode is >= 300 and < 400) return $"The instance points elsewhere, to {response.Headers.Location}: give that address";
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            && await response.Content.ReadFromJsonAsync<Problem>(V1Json.Options, cancellation) is { } problem)
        {
            return $"{problem.Title}: {problem.Detail}";
        }

        return string.Create(CultureInfo.InvariantCulture, $"There is no instance that runs commands: {(int)response.StatusCode} {response.ReasonPhrase}");
    }

    /// <summary>The order with what the arguments name of this machine.</summary>
    private static async Task<CommandOrder> OrderAsync(
        ParseResult parsed, IReadOnlyList<string> arguments, CommandInvocation invocation, CancellationToken cancellation)
    {
        var command = parsed.CommandResult.Command;
        string?[] named =
        [
            .. command.Arguments.OfType<InputFileArgument>().Select(parsed.GetValue),
            .. command.Options.OfType<InputFileOption>().Select(parsed.GetValue),
        ];
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in named)
        {
            if (file is not (null or "-")) files[file] = await invocation.Files.ReadAsync(file, cancellation);
        }

        var lines = parsed.Tokens.Count(argument => argument.Value == "-");
        string? input = null;
        if (named.Contains("-")) input = await invocation.Input.ReadToEndAsync(cancellation);
        else if (lines > 0) input = string.Join('\n', await LinesAsync(invocation.Input, lines, cancellation));
        return new CommandOrder(
            RemoteOptions.Without(arguments), input, files.Count > 0 ? files : null, Asks: invocation.Ask is not null,
            Width: Listing.Terminal(invocation.Output)?.Profile.Width);
    }

    private static async Task<List<string>> LinesAsync(TextReader input, int count, CancellationToken cancellation)
    {
        var lines = new List<string>();
        while (lines.Count < count && await input.ReadLineAsync(cancellation) is { } line) lines.Add(line);
        return lines;
    }

    /// <summary>Where commands are sent; null for what is no address.</summary>
    private static Uri? AddressOf(string url)
    {
        var origin = url.TrimEnd('/');
        if (origin.EndsWith(AdminV1Api.Path, StringComparison.Ordinal)) origin = origin[..^AdminV1Api.Path.Length];
        return Uri.TryCreate(origin + AdminV1Api.Path + "/commands", UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
            && address is { UserInfo: "", Query: "", Fragment: "" }
            ? address
            : null;
    }

    private static int Refuse(CommandInvocation invocation, string why)
    {
        invocation.Error.WriteLine(Listing.Printable(why));
        return ExitCode.Refused;
    }

    /// <summary>What came back.</summary>
    /// <param name="Question">What must be answered before anything is done.</param>
    /// <param name="Held">What was said behind the question.</param>
    private sealed record Answer(int Code, string? Question, IReadOnlyList<CommandFrame> Held);
}
