"""The notes of other projects in the project's own digests, out of the indexes that these publish."""

from sphinxext.digest.joint.load import Joint, load_joint_collection, open_joint

__all__ = ["Joint", "load_joint_collection", "open_joint"]
