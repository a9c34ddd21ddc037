namespace Scalelite.BigBlueButton.Answers;

/// <summary>The errors that we answer ourselves (<c>bbb-api.md §2</c>).</summary>
public static class BbbErrors
{
    /// <summary>No checksum, as a node says it.</summary>
    public static BbbError ChecksumMissing { get; } = new("checksumError", "You must provide the checksum");

    /// <summary>A wrong checksum, as a node says it.</summary>
    public static BbbError ChecksumWrong { get; } = new("checksumError", "Checksums do not match");

    /// <summary>Either, as Scalelite, the recording calls and the webhooks say it.</summary>
    public static BbbError ChecksumFailed { get; } = new("checksumError", "You did not pass the checksum security check");

    /// <summary>A body of a type that the call does not take.</summary>
    public static BbbError UnsupportedContentType { get; } =
        new("unsupportedContentType", "POST request Content-Type is missing or unsupported");

    /// <summary>An unknown call.</summary>
    public static BbbError UnsupportedRequest { get; } = new("unsupportedRequest", "This request is not supported.");

    /// <summary>create: an id that is absent, has control characters or white space at its ends.</summary>
    public static BbbError InvalidMeetingId { get; } = new("validationError", "Invalid meeting ID");

    /// <summary>create: an id with a comma.</summary>
    public static BbbError MeetingIdWithComma { get; } = new("validationError", "Meeting ID cannot contain ','");

    /// <summary>An id that is too short or too long; the empty one too.</summary>
    public static BbbError MeetingIdSize { get; } = new("sizeError", "Meeting ID must be between 2 and 256 characters");

    /// <summary>No id, as a node since 2.5 says it.</summary>
    public static BbbError MissingMeetingId { get; } = new("missingParamMeetingID", "You must provide a meeting ID");

    /// <summary>No id, as Scalelite and nodes up to 2.4 say it.</summary>
    public static BbbError MissingMeetingIdScalelite { get; } =
        new("missingParamMeetingID", "You must specify a meeting ID for the meeting.");

    /// <summary>create without a name.</summary>
    public static BbbError MissingMeetingName { get; } = new("nullError", "You must provide a meeting name");

    /// <summary>create with an empty name.</summary>
    public static BbbError EmptyMeetingName { get; } = new("emptyError", "You must provide a meeting name");

    /// <summary>create with a name that is too short or too long.</summary>
    public static BbbError MeetingNameSize { get; } = new("sizeError", "Meeting name must be between 2 and 256 characters");

    /// <summary>create of an id that is taken.</summary>
    public static BbbError IdNotUnique { get; } =
        new("idNotUnique", "A meeting already exists with that meeting ID.  Please use a different meeting ID.");

    /// <summary>getMeetingInfo, end: unknown, as a node since 2.5 says it.</summary>
    public static BbbError MeetingNotFound { get; } = new("notFound", "A meeting with that ID does not exist");

    /// <summary>getMeetingInfo, end, join: unknown, as Scalelite and nodes up to 2.4 say it.</summary>
    public static BbbError MeetingNotFoundScalelite { get; } =
        new("notFound", "We could not find a meeting with that meeting ID - perhaps the meeting is not yet running?");

    /// <summary>sendChatMessage: unknown or not running.</summary>
    public static BbbError ChatMeetingNotFound { get; } = new("meetingNotFound", "Meeting not found");

    /// <summary>join without a name.</summary>
    public static BbbError MissingFullName { get; } = new("missingParamFullName", "You must provide your name");

    /// <summary>join with the createTime of another run.</summary>
    public static BbbError CreateTimeMismatch { get; } =
        new("mismatchCreateTimeParam", "The createTime parameter submitted mismatches with the current meeting.");

    /// <summary>join of a meeting whose server is disabled or offline.</summary>
    public static BbbError ServerUnavailable { get; } = new("serverUnavailable", "The server for this meeting is disabled/offline.");

    /// <summary>publishRecordings, updateRecordings, deleteRecordings without an id.</summary>
    public static BbbError MissingRecordId { get; } = new("missingParamRecordID", "You must specify a recordID.");

    /// <summary>publishRecordings without a value.</summary>
    public static BbbError MissingPublish { get; } = new("missingParamPublish", "You must specify a publish value true or false.");

    /// <summary>publishRecordings, updateRecordings, deleteRecordings: none of the ids is known.</summary>
    public static BbbError RecordingsNotFound { get; } = new("notFound", "We could not find recordings");

    /// <summary>getRecordings where GET_RECORDINGS_API_FILTERED is set and no filter was sent.</summary>
    public static BbbError MissingRecordingFilter { get; } = new("missingParameters", "param meetingID or recordID must be included.");

    /// <summary>A node does not do what getMeetingInfo, end and the like asked for.</summary>
    public static BbbError MeetingUnreachable { get; } = Internal("Unable to access meeting on server.");

    /// <summary>A node does not create.</summary>
    public static BbbError MeetingNotCreated { get; } = Internal("Unable to create meeting on server.");

    /// <summary>A node does not answer getMeetings.</summary>
    public static BbbError ServerUnreachable { get; } = Internal("Unable to access server.");

    /// <summary>A node does not take a document.</summary>
    public static BbbError DocumentNotInserted { get; } = Internal("Unable to insert document on server.");

    /// <summary>A node answered something else.</summary>
    public static BbbError NoReturnCode { get; } = Internal("Response did not include returncode");

    /// <summary>The files of a recording could not be moved.</summary>
    public static BbbError RecordingNotPublished { get; } = Internal("Unable to publish/unpublish recording.");

    /// <summary>The files of a recording could not be removed.</summary>
    public static BbbError RecordingNotDeleted { get; } = Internal("Unable to delete recording.");

    /// <summary>create: no server may take it.</summary>
    public static BbbError NoServer { get; } = Internal("Could not find any available servers.");

    /// <summary>create, join: the operator has disabled the tenant.</summary>
    public static BbbError TenantDisabled { get; } = new("tenantDisabled", "This tenant is disabled.");

    /// <summary>create: the tenant has as many meetings as it may have at once. Moodle has a text of its own for the key.</summary>
    public static BbbError TooManyMeetings { get; } =
        new("maxConcurrent", "The number of concurrent meetings allowed has been reached.");

    /// <summary>create: the tenant's meetings have as many users as they may have at once.</summary>
    public static BbbError TooManyUsers { get; } =
        new("maxConcurrentUsers", "The number of concurrent users allowed has been reached.");

    /// <summary>create: no server with the tag that it demands.</summary>
    public static BbbError ServerTagUnavailable(string tag) =>
        new("serverTagUnavailable", $"There is no available server with the required tag={tag}.");

    /// <summary>Any other trouble of ours; the text goes to the LMS and holds no secret.</summary>
    public static BbbError Internal(string message) => new("internalError", message);
}
