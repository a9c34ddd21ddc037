using System.Net.Http.Headers;

namespace Scalelite.Workers.Callbacks;

/// <summary>A request as it goes out, again after a redirect. Not a record with a printed form: its URL and body are secrets.</summary>
internal sealed class CallbackRequest(HttpMethod method, Uri url)
{
    /// <summary>GET or POST.</summary>
    public HttpMethod Method { get; private init; } = method;

    /// <summary>Where it goes.</summary>
    public Uri Url { get; } = url;

    /// <summary>Null where there is none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Of the body.</summary>
    public string? ContentType { get; init; }

    /// <summary>Value of header <c>Authorization</c>; null for none.</summary>
    public string? Authorization { get; init; }

    /// <summary>Value of header <c>User-Agent</c>.</summary>
    public string UserAgent { get; init; } = "BigBlueButton";

    /// <summary>
    /// The request that a redirect asks for: the same again, but for 303 a GET without body. BBB's clients mean it so: what was moved is the
    /// address, and a GET in a POST's place would lose what it had to say. A bearer token stays with the host that it was made for.
    /// </summary>
    public CallbackRequest Redirected(int status, Uri to) => status == 303
        ? new CallbackRequest(HttpMethod.Get, to) { UserAgent = UserAgent }
        : new CallbackRequest(Method, to)
        {
            Body = Body,
            ContentType = ContentType,
            Authorization = to.Host.Equals(Url.Host, StringComparison.OrdinalIgnoreCase) ? Authorization : null,
            UserAgent = UserAgent,
        };

    /// <summary>The message, once.</summary>
    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(Method, Url);
        message.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (Authorization is not null) message.Headers.TryAddWithoutValidation("Authorization", Authorization);
        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body);
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(ContentType!);
        }

        return message;
    }
}
