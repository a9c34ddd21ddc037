#!/usr/bin/ruby
# BigBlueButton runs this when a format of a recording is published: /usr/local/bigbluebutton/core/scripts/post_publish/
# It sends what is published of the recording so far; see README.md next to it.
require "optparse"

options = {}
OptionParser.new do |parser|
  parser.on("-m", "--meeting-id ID") { |id| options[:id] = id }
  parser.on("-f", "--format FORMAT") { |format| options[:format] = format }
end.parse!

log = "/var/log/bigbluebutton/post_publish.log"
exit(1) unless options[:id]
# On its own, so that retries do not hold up the node's other recordings; one at a time for each recording.
lock = "/var/lock/scalelite-upload-#{options[:id].gsub(/[^A-Za-z0-9_-]/, '')}"
pid = spawn("flock", lock, "/usr/local/bin/scalelite-upload", options[:id], in: "/dev/null", [:out, :err] => [log, "a"], pgroup: true)
Process.detach(pid)
