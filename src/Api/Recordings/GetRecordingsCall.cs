using System.Buffers;
using Scalelite.Api.Calls;
using Scalelite.Api.Playback;
using Scalelite.BigBlueButton.Answers;
using Scalelite.Projections.Recordings;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Recordings;

/// <summary>getRecordings (<c>bbb-api.md §4.1</c>): one statement, whatever is asked for and however much that is; nothing is written.</summary>
internal sealed class GetRecordingsCall(RecordingCatalog catalog, RecordingXml recordings, RecordingSettings settings) : IBbbCall
{
    /// <summary>A list up to this size is read before it is sent, so that a slow reader holds no connection to PostgreSQL.</summary>
    private const int ReadAhead = 1 << 20;

    private const int Chunk = 64 * 1024;

    public string Name => "getRecordings";

    public CallMethods Methods => CallMethods.Get | CallMethods.Post;

    public async Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation)
    {
        if (RecordingQuery.Filter(request, out var error) is not { } filter)
        {
            return CallAnswer.Failed(error!);
        }

        if (settings.FilterRequired && filter.RecordIds is null && filter.MeetingIds is null)
        {
            return CallAnswer.Failed(BbbErrors.MissingRecordingFilter);
        }

        if (!RecordingQuery.CanBeStored(filter))
        {
            return CallAnswer.Success(Empty(filter, 0));
        }

        var page = await catalog.ListAsync(filter, cancellation);
        var isSent = false;
        try
        {
            if (page.IsEmpty)
            {
                return CallAnswer.Success(Empty(filter, page.Total));
            }

            var list = new List(page, recordings, ProtectedLinks.OriginOf(request.Http.Request), filter);
            if (await list.FillAsync(ReadAhead, cancellation))
            {
                return CallAnswer.Success(list.Text.WrittenMemory);
            }

            isSent = true;
            return new Streamed(list, page);
        }
        finally
        {
            if (!isSent)
            {
                await page.DisposeAsync();
            }
        }
    }

    private static ReadOnlyMemory<byte> Empty(RecordingFilter filter, long total)
    {
        if (filter.Limit is null)
        {
            return BbbXml.NoRecordings;
        }

        return BbbXml.Success(xml =>
        {
            xml.Begin("recordings"u8).End("recordings"u8);
            WritePagination(xml, filter, total);
            xml.Element("messageKey"u8, "noRecordings").Element("message"u8, "There are no recordings for the meeting(s).");
        });
    }

    private static void WritePagination(AnswerWriter xml, RecordingFilter filter, long total) => xml
        .Begin("pagination"u8)
        .Begin("pageable"u8)
        .Element("offset"u8, filter.Offset)
        .Element("limit"u8, filter.Limit ?? 0)
        .Element("paged"u8, true)
        .Element("unpaged"u8, false)
        .End("pageable"u8)
        .Element("totalElements"u8, total)
        .Element("empty"u8, total == 0)
        .End("pagination"u8);

    /// <summary>The answer's text as it grows.</summary>
    private sealed class List
    {
        private readonly RecordingPage _page;
        private readonly RecordingXml _recordings;
        private readonly string _origin;
        private readonly RecordingFilter _filter;
        private readonly AnswerWriter _xml;

        public List(RecordingPage page, RecordingXml recordings, string origin, RecordingFilter filter)
        {
            (_page, _recordings, _origin, _filter) = (page, recordings, origin, filter);
            _xml = new AnswerWriter(Text).BeginSuccess().Begin("recordings"u8);
        }

        public ArrayBufferWriter<byte> Text { get; } = new(16 * 1024);

        /// <summary>Writes recordings until there are so many bytes; true after the last one, when the text is whole.</summary>
        public async Task<bool> FillAsync(int bytes, CancellationToken cancellation)
        {
            while (Text.WrittenCount < bytes)
            {
                if (await _page.NextAsync(cancellation) is not { } recording)
                {
                    _xml.End("recordings"u8);
                    if (_filter.Limit is not null)
                    {
                        WritePagination(_xml, _filter, _page.Total);
                    }

                    _xml.EndResponse();
                    return true;
                }

                _recordings.Write(_xml, recording, _origin);
            }

            return false;
        }
    }

    /// <summary>A long list, sent as it is read. What fails meanwhile breaks the connection, so that nobody takes a part for the whole.</summary>
    private sealed record Streamed(List List, RecordingPage Page) : CallAnswer("SUCCESS")
    {
        public override async Task SendAsync(HttpResponse response, CancellationToken cancellation)
        {
            await using var page = Page;
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = BbbXml.ContentType;
            for (var isWhole = false; ;)
            {
                await response.BodyWriter.WriteAsync(List.Text.WrittenMemory, cancellation);
                List.Text.ResetWrittenCount();
                if (isWhole)
                {
                    return;
                }

                isWhole = await List.FillAsync(Chunk, cancellation);
            }
        }
    }
}
