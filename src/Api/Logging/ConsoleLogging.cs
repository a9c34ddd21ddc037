using System.Globalization;
using Scalelite.Workers.Configuration;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace Scalelite.Api.Logging;

/// <summary>Where logs go: the console, for a person or as JSON.</summary>
internal static class ConsoleLogging
{
    private const string ForAPerson = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>
    /// Writes to standard output, or, with <paramref name="toStandardError"/>, to standard error, where standard output
    /// is a command's answer.
    /// </summary>
    public static ILoggingBuilder AddConsoleLogging(this ILoggingBuilder logging, LoggingSettings settings, bool toStandardError)
    {
        var least = Least(settings.Level);
        var errorsFrom = toStandardError ? LogEventLevel.Verbose : (LogEventLevel?)null;
        var serilog = new LoggerConfiguration()
            .MinimumLevel.Is(least)
            // The framework's lines about each request hold query strings, and those hold names, passwords and checksums.
            .MinimumLevel.Override("Microsoft", Later(least, LogEventLevel.Warning))
            .MinimumLevel.Override("System.Net.Http", LogEventLevel.Fatal)
            .Enrich.FromLogContext();
        serilog = settings.Json
            ? serilog.WriteTo.Console(new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture), standardErrorFromLevel: errorsFrom)
            : serilog.WriteTo.Console(outputTemplate: ForAPerson, formatProvider: CultureInfo.InvariantCulture, standardErrorFromLevel: errorsFrom);
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Trace);
        return logging.AddSerilog(serilog.CreateLogger(), dispose: true);
    }

    private static LogEventLevel Least(LogLevelName level) => level switch
    {
        LogLevelName.Debug => LogEventLevel.Debug,
        LogLevelName.Info => LogEventLevel.Information,
        LogLevelName.Warn => LogEventLevel.Warning,
        LogLevelName.Error => LogEventLevel.Error,
        LogLevelName.Fatal => LogEventLevel.Fatal,
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, null),
    };

    private static LogEventLevel Later(LogEventLevel one, LogEventLevel other) => one > other ? one : other;
}
