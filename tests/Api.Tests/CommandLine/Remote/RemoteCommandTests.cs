using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Scalelite.Api.CommandLine;
using Scalelite.Api.CommandLine.Remote;
using Scalelite.Api.Tests.AdminV1;
using Scalelite.Domain.AdminTokens;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine.Remote;

/// <summary><c>scalelite --url</c>: an instance runs the command, as if it were typed there.</summary>
public sealed class RemoteCommandTests(V1Host host) : IClassFixture<V1Host>
{
    private static readonly string NodeUrl = $"https://{Guid.NewGuid():n}.example.org/bigbluebutton/api";

    [Fact]
    public async Task A_command_says_the_same_as_beside_the_database_with_the_same_exit_code()
    {
        var (id, _) = await host.AddServerAsync();
        var listed = await RunAsync(AdminRole.Viewer, "servers", "list", "--json");
        var unknown = await RunAsync(AdminRole.Operator, "servers", "cordon", "nobody");

        Assert.Equal((0, ""), (listed.Code, listed.Error));
        Assert.Contains(JsonDocument.Parse(listed.Out).RootElement.EnumerateArray(), server => server.GetProperty("id").GetString() == id);
        Assert.Equal(new Ran(1, "", "Couldn't find server with id=nobody\n"), unknown with { Error = unknown.Error.ReplaceLineEndings("\n") });
        Assert.Equal(2, (await RunAsync(AdminRole.Viewer, "servers", "sell")).Code);
        Assert.Equal(0, (await RunAsync(AdminRole.Viewer, "servers", "list", "--help")).Code);
    }

    [Fact]
    public async Task What_is_changed_is_told_as_the_tokens_with_address_and_reason()
    {
        var (id, _) = await host.AddServerAsync();

        var ran = await RunAsync(AdminRole.Operator, "servers", "enable", id, "--no-check", "--reason", "größere Schule");

        Assert.True(ran.Code == 0, ran.Error);
        Assert.Equal(("server_enabled", "token:test-Operator", "127.0.0.1", "größere Schule"), await host.LastEventAsync($"server-{id}"));
    }

    [Fact]
    public async Task A_role_that_may_not_is_told_which_one_may_and_nothing_is_done()
    {
        var (id, _) = await host.AddServerAsync();

        var enable = await RunAsync(AdminRole.Viewer, "servers", "enable", id, "--no-check");
        var remove = await RunAsync(AdminRole.Operator, "servers", "remove", id);

        Assert.Equal((1, 1), (enable.Code, remove.Code));
        Assert.Contains("'servers enable' needs the role operator; the token has viewer", enable.Error, StringComparison.Ordinal);
        Assert.Contains("'servers remove' needs the role admin; the token has operator", remove.Error, StringComparison.Ordinal);
        Assert.Equal("server_registered", (await host.LastEventAsync($"server-{id}")).Type);
    }

    [Fact]
    public async Task Every_command_is_refused_to_the_roles_below_its_own_and_nothing_is_run()
    {
        var before = await host.Balancer.Database.ScalarAsync<long>("select count(*) from mt_events");
        foreach (var (path, command) in CommandRolesTests.All())
        {
            foreach (var role in Enum.GetValues<AdminRole>().Where(role => role < CommandRoles.Of(path).Role))
            {
                var answer = await host.SendAsync("POST", "/commands", new { arguments = (string[])[.. path.Split(' '), .. CommandRolesTests.Needed(command)] }, role: role);
                Assert.Equal((path, role, 403, "forbidden"), (path, role, answer.Status, answer.Problem));
            }
        }

        Assert.Equal(before, await host.Balancer.Database.ScalarAsync<long>("select count(*) from mt_events"));
    }

    [Fact]
    public async Task Commands_of_one_machine_are_refused_here_and_by_the_instance()
    {
        foreach (var command in (string[][])[["serve"], ["demo"], ["simulate"], ["settings"], ["completion", "bash"], ["import-scalelite"], ["servers", "yaml"], ["tokens", "add", "x", "--role", "admin"]])
        {
            var ran = await RunAsync(AdminRole.Admin, command);
            Assert.Equal((1, ""), (ran.Code, ran.Out));
            Assert.Contains("is not run by an instance elsewhere", ran.Error, StringComparison.Ordinal);
            var order = await host.SendAsync("POST", "/commands", new { arguments = command });
            Assert.Equal((422, "refused"), (order.Status, order.Problem));
        }

        // A variable that stands in a file of the environment does not keep the machine's own commands from running.
        Assert.Equal(0, (await RunWithAsync(new() { ["SCALELITE_URL"] = host.Balancer.Origin }, null, "completion", "bash")).Code);
    }

    [Fact]
    public async Task A_file_that_an_argument_names_is_read_here_and_standard_input_too()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"servers:\n  - url: {NodeUrl}\n    secret: secret-of-a-file\n");
        try
        {
            var added = await RunAsync(AdminRole.Admin, "servers", "add-all", file);
            Assert.True(added.Code == 0, added.Error);
            Assert.Contains(NodeUrl, added.Out, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }

        var typed = await RunWithAsync(
            new() { ["SCALELITE_TOKEN"] = host.TokenOf(AdminRole.Admin), ["SCALELITE_URL"] = host.Balancer.Origin + "/" },
            invocation => invocation with { Input = "secret-that-was-typed\nthe next line\n" },
            "servers", "add", $"https://{Guid.NewGuid():n}.example.org/bigbluebutton/api", "-");
        Assert.True(typed.Code == 0, typed.Error);
        Assert.Equal(0L, await host.Balancer.Database.ScalarAsync<long>("select count(*) from mt_events where data::text like '%secret-that-was-typed%'"));
    }

    [Fact]
    public async Task An_instance_reads_and_writes_none_of_its_own_files_for_others()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "servers: {}");
        try
        {
            foreach (var arguments in (string[][])[["servers", "sync", file, "--dry-run"], ["servers", "add-all", file], ["servers", "sync", "/proc/self/environ"]])
            {
                var order = await host.SendAsync("POST", "/commands", new { arguments });
                Assert.Contains("was not sent along", order.Text, StringComparison.Ordinal);
                Assert.EndsWith("""{"exit":1}""", order.Text.TrimEnd(), StringComparison.Ordinal);
            }

            // No argument is taken for a file of arguments.
            var response = await host.SendAsync("POST", "/commands", new { arguments = new[] { "servers", "meetings", "@" + file } });
            Assert.DoesNotContain("servers: {}", response.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("{}", response.Text, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_file_that_a_command_writes_is_written_where_it_was_typed()
    {
        await host.AddServerAsync();
        var files = new Folder();
        Dictionary<string, string?> environment = new() { ["SCALELITE_TOKEN"] = host.TokenOf(AdminRole.Operator), ["SCALELITE_URL"] = host.Balancer.Origin };

        var printed = await RunWithAsync(environment, null, "export", "servers");
        var written = await RunWithAsync(environment, at => at with { Files = files }, "export", "servers", "--output", "pool.csv");

        Assert.Equal((0, 0), (printed.Code, written.Code));
        Assert.Equal(["pool.csv"], files.Written.Keys);
        Assert.Equal(printed.Out, System.Text.Encoding.UTF8.GetString(files.Written["pool.csv"].ToArray()));
        Assert.False(File.Exists("pool.csv"));
    }

    [Fact]
    public async Task An_instance_that_names_another_file_writes_none_here()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            using var client = await listener.AcceptSocketAsync();
            await client.ReceiveAsync(new byte[64 * 1024]);
            const string Lines = "{\"out\":\"1 row\"}\n{\"file\":\"/root/.profile\",\"data\":\"eA==\"}\n{\"exit\":0}\n";
            await client.SendAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Lines.Length}\r\n\r\n{Lines}"));
        });
        var files = new Folder();

        var ran = await RunWithAsync(
            new() { ["SCALELITE_TOKEN"] = "slt_x", ["SCALELITE_URL"] = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}" },
            at => at with { Files = files }, "export", "servers", "--output", "pool.csv");

        await answering;
        Assert.Equal(1, ran.Code);
        Assert.Contains("a file that was not named", ran.Error, StringComparison.Ordinal);
        Assert.Empty(files.Written);
    }

    [Fact]
    public async Task A_question_is_asked_where_the_person_sits_and_nothing_is_done_before_the_answer()
    {
        var (id, _) = await host.AddServerAsync();
        Assert.Equal(0, (await RunAsync(AdminRole.Operator, "servers", "enable", id, "--no-check")).Code);
        var asked = new List<string>();
        async Task<Ran> PanicAsync(bool answer, params string[] more) => await RunWithAsync(
            new() { ["SCALELITE_TOKEN"] = host.TokenOf(AdminRole.Operator), ["SCALELITE_URL"] = host.Balancer.Origin },
            invocation => invocation with { Ask = question => { asked.Add(question); return answer; } },
            ["servers", "panic", id, .. more]);

        var refused = await PanicAsync(false);
        Assert.Equal((1, "Nothing was ended"), (refused.Code, refused.Error.Trim()));
        Assert.Equal([$"End all meetings of server {id}?"], asked);
        Assert.Equal("server_enabled", (await host.LastEventAsync($"server-{id}")).Type);

        Assert.Equal(0, (await PanicAsync(true)).Code);
        Assert.Equal("server_panicked", (await host.LastEventAsync($"server-{id}")).Type);
        Assert.Equal(0, (await PanicAsync(false, "--yes")).Code);
        Assert.Equal(2, asked.Count);
    }

    [Fact]
    public async Task What_is_said_comes_while_the_command_runs_and_who_leaves_ends_it()
    {
        using var leave = new CancellationTokenSource();
        var output = new WatchedOutput();
        var following = Enumerable.Range(0, 4).Select(i => ScaleliteCommand.RunAsync(
            ["events", "--follow", "--json", "--url", host.Balancer.Origin],
            i == 0 ? output : new StringWriter(), new StringWriter(), Configuration(new() { ["SCALELITE_TOKEN"] = host.TokenOf(AdminRole.Admin) }), leave.Token)).ToList();
        var (id, _) = await host.AddServerAsync();
        await Eventually.HoldsAsync("the event is printed", () => Task.FromResult(output.Text.Contains(id, StringComparison.Ordinal)));

        // Four run at once, and no more: also where they take long.
        await Eventually.HoldsAsync("no room is left", async () => (await RunAsync(AdminRole.Viewer, "status")).Error.Contains("4 commands run here", StringComparison.Ordinal));
        await leave.CancelAsync();
        await Task.WhenAll(following);
        await Eventually.HoldsAsync("there is room again", async () => (await RunAsync(AdminRole.Viewer, "status")).Code == 0);
    }

    [Fact]
    public async Task Without_a_token_or_an_instance_it_says_what_is_missing()
    {
        var origin = host.Balancer.Origin;
        async Task<string> ErrorAsync(Dictionary<string, string?> environment, params string[] arguments)
        {
            var ran = await RunWithAsync(environment, null, arguments);
            Assert.Equal((1, ""), (ran.Code, ran.Out));
            return ran.Error;
        }

        Assert.Contains("SCALELITE_TOKEN", await ErrorAsync([], "status", "--url", origin), StringComparison.Ordinal);
        Assert.Contains("valid bearer token", await ErrorAsync(new() { ["SCALELITE_TOKEN"] = "slt_wrong" }, "status", "--url", origin), StringComparison.Ordinal);
        Assert.Contains("no address", await ErrorAsync(new() { ["SCALELITE_TOKEN"] = "slt_x" }, "status", "--url", "scalelite"), StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1", await ErrorAsync(new() { ["SCALELITE_TOKEN"] = "slt_x" }, "status", "--url", "http://127.0.0.1:1"), StringComparison.Ordinal);
        Assert.Contains("no instance that runs commands", await ErrorAsync(new() { ["SCALELITE_TOKEN"] = "slt_x" }, "status", "--url", origin + "/elsewhere"), StringComparison.Ordinal);

        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, host.TokenOf(AdminRole.Viewer) + "\n");
        Assert.Equal(0, (await RunWithAsync([], null, "status", "--url", origin, "--token-file", file)).Code);
        File.Delete(file);
    }

    [Fact]
    public async Task An_order_that_cannot_be_is_a_problem()
    {
        foreach (var (body, status) in new (object, int)[]
        {
            (new { }, 400), (new { arguments = new[] { (string?)null } }, 400), (new { arguments = new[] { "status", "--url", "http://127.0.0.1:1" } }, 400),
            (new { arguments = new[] { "status", "--reason", "x" } }, 400), (new { arguments = new[] { "status" }, input = new string('a', 5 << 20) }, 413),
        })
        {
            Assert.Equal(status, (await host.SendAsync("POST", "/commands", body)).Status);
        }
    }

    private Task<Ran> RunAsync(AdminRole role, params string[] arguments) =>
        RunWithAsync(new() { ["SCALELITE_TOKEN"] = host.TokenOf(role) }, null, [.. arguments, "--url", host.Balancer.Origin]);

    private static async Task<Ran> RunWithAsync(Dictionary<string, string?> environment, Func<At, At>? person, params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var at = person?.Invoke(new At()) ?? new At();
        var code = await ScaleliteCommand.RunAsync(arguments, new CommandInvocation(Configuration(environment))
        {
            Output = output,
            Error = error,
            Input = new StringReader(at.Input),
            Ask = at.Ask,
            Files = at.Files ?? LocalFiles.Instance,
            EnableDefaultExceptionHandler = false,
        });
        return new Ran(code, output.ToString(), error.ToString());
    }

    private static IConfiguration Configuration(Dictionary<string, string?> environment) =>
        new ConfigurationBuilder().AddInMemoryCollection(environment).Build();

    private sealed record At(string Input = "", Func<string, bool>? Ask = null, ICommandFiles? Files = null);

    /// <summary>A folder in memory.</summary>
    private sealed class Folder : ICommandFiles
    {
        public Dictionary<string, MemoryStream> Written { get; } = [];

        public Task<string> ReadAsync(string path, CancellationToken cancellation) => throw new FileNotFoundException(path);

        public Stream Create(string path) => Written[path] = new MemoryStream();
    }

    private sealed class WatchedOutput : StringWriter
    {
        private readonly Lock _gate = new();

        public string Text
        {
            get
            {
                lock (_gate) return ToString();
            }
        }

        public override Task WriteAsync(string? value)
        {
            lock (_gate) Write(value);
            return Task.CompletedTask;
        }
    }
}
