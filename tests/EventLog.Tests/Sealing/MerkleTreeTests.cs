using System.Security.Cryptography;
using Scalelite.EventLog.Sealing;
using Xunit;

namespace Scalelite.EventLog.Tests.Sealing;

public sealed class MerkleTreeTests
{
    [Fact]
    public void A_tree_of_one_is_its_leaf_and_of_none_the_hash_of_nothing()
    {
        Assert.Equal(Leaf(7), MerkleTree.Root([Leaf(7)]));
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Convert.ToHexStringLower(MerkleTree.Root([])));
    }

    [Fact]
    public void Every_size_has_the_root_that_RFC_6962_defines()
    {
        for (var size = 1; size <= 70; size++)
        {
            byte[][] leaves = [.. Enumerable.Range(0, size).Select(Leaf)];
            Assert.Equal(AsDefined(leaves), MerkleTree.Root(leaves));
        }
    }

    [Fact]
    public void A_changed_a_swapped_and_a_missing_leaf_give_another_root()
    {
        byte[][] leaves = [.. Enumerable.Range(0, 11).Select(Leaf)];
        var root = MerkleTree.Root(leaves);
        Assert.NotEqual(root, MerkleTree.Root([.. leaves[..10], Leaf(99)]));
        Assert.NotEqual(root, MerkleTree.Root([leaves[1], leaves[0], .. leaves[2..]]));
        Assert.NotEqual(root, MerkleTree.Root(leaves[..10]));
        Assert.NotEqual(root, MerkleTree.Root([.. leaves, leaves[10]]));
    }

    private static byte[] Leaf(int n) => SHA256.HashData(BitConverter.GetBytes(n));

    // RFC 6962, 2.1, as it is written there.
    private static byte[] AsDefined(byte[][] leaves)
    {
        if (leaves.Length == 1) return leaves[0];
        var left = 1;
        while (left * 2 < leaves.Length) left *= 2;
        return SHA256.HashData([1, .. AsDefined(leaves[..left]), .. AsDefined(leaves[left..])]);
    }
}
