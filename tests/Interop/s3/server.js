// s3rver, with two things done as Amazon does them: a slash in the source of a copy may be encoded, and a list by delimiter names a
// prefix also where objects lie deeper only.
// node server.js FOLDER PORT BUCKET
const objects = require('s3rver/lib/controllers/object')
const Store = require('s3rver/lib/stores/filesystem')

const copy = objects.putObjectCopy
objects.putObjectCopy = context => {
    const source = context.headers['x-amz-copy-source']
    context.headers['x-amz-copy-source'] = encodeURI(decodeURIComponent(source))
    return copy(context)
}

const list = Store.prototype.listObjects
Store.prototype.listObjects = async function (bucket, options) {
    if (!options.delimiter) return list.call(this, bucket, options)
    const { delimiter, prefix = '', ...others } = options
    const all = await list.call(this, bucket, { ...others, prefix, maxKeys: Infinity })
    const prefixOf = key => {
        const end = key.indexOf(delimiter, prefix.length)
        return end < 0 ? null : key.slice(0, end + delimiter.length)
    }
    return {
        objects: all.objects.filter(one => prefixOf(one.key) === null),
        commonPrefixes: [...new Set(all.objects.map(one => prefixOf(one.key)).filter(Boolean))],
        isTruncated: false
    }
}

const S3rver = require('s3rver')
const [directory, port, bucket] = process.argv.slice(2)
new S3rver({ directory, port: Number(port), address: '127.0.0.1', vhostBuckets: false, configureBuckets: [{ name: bucket }] }).run()
