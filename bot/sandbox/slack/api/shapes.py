"""How people, channels, groups and files look in the Web API's answers."""

from bot.sandbox.slack.api.site import Site
from bot.sandbox.slack.records import TEAM_ID, Bookmark, Channel, File, Json, Message, User, UserGroup


def profile_of(user: User, *, with_email: bool) -> Json:
    """A person as ``users.info`` shows them; the address only to an app that may read it."""
    return {
        "id": user.id,
        "team_id": TEAM_ID,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": user.is_guest,
        "is_ultra_restricted": False,
        "tz": user.timezone,
        "profile": inner_profile(user, with_email=with_email),
    }


def inner_profile(user: User, *, with_email: bool) -> Json:
    """The profile inside a person, as ``users.profile.get`` shows it."""
    first, _, last = user.real_name.partition(" ")
    profile = {
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "first_name": first,
        "last_name": last,
        "title": user.title,
        "team": TEAM_ID,
    }
    if with_email and user.email:
        profile["email"] = user.email
    return profile


def shape_channel(channel: Channel, actor: str) -> Json:
    """A channel as ``conversations.info`` shows it to somebody."""
    shared: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_im": channel.is_im,
        "is_archived": channel.is_archived,
        "is_org_shared": False,
        "context_team_id": TEAM_ID,
    }
    if channel.is_im:
        other = next((member for member in sorted(channel.members) if member != actor), actor)
        return shared | {"user": other, "is_open": True, "priority": 0}
    is_group = channel.is_private and not channel.is_mpim
    return shared | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channels",
        "is_group": is_group,
        "is_mpim": channel.is_mpim,
        "is_private": channel.is_private or channel.is_mpim,
        "is_member": actor in channel.members,
        "is_general": channel.name == "general",
        "is_shared": channel.is_shared,
        "is_ext_shared": channel.is_shared,
        "is_pending_ext_shared": False,
        "creator": channel.creator,
        "topic": {"value": channel.topic, "creator": channel.creator, "last_set": channel.created},
        "purpose": {"value": channel.purpose, "creator": channel.creator, "last_set": channel.created},
        "previous_names": [],
        "num_members": len(channel.members),
    }


def shape_usergroup(group: UserGroup, *, with_users: bool = False, with_count: bool = False) -> Json:
    """A user group as ``usergroups.list`` shows it."""
    shape: Json = {
        "id": group.id,
        "team_id": TEAM_ID,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": group.description,
        "handle": group.handle,
        "is_external": False,
        "date_create": group.created,
        "date_update": group.updated,
        "date_delete": group.deleted,
        "auto_type": None,
        "created_by": group.created_by,
        "updated_by": group.updated_by,
        "deleted_by": group.updated_by if group.deleted else None,
        "prefs": {"channels": group.channels, "groups": []},
    }
    if with_users:
        shape["users"] = group.users
    if with_count:
        shape["user_count"] = len(group.users)
    return shape


def shape_bookmark(bookmark: Bookmark, channel: str) -> Json:
    """A bookmark as ``bookmarks.list`` shows it."""
    return {
        "id": bookmark.id,
        "channel_id": channel,
        "title": bookmark.title,
        "link": bookmark.link,
        "emoji": bookmark.emoji,
        "icon_url": None,
        "type": "link",
        "entity_id": None,
        "date_created": bookmark.created,
        "date_updated": bookmark.updated,
        "rank": "",
        "last_updated_by_user_id": bookmark.updated_by,
        "last_updated_by_team_id": TEAM_ID,
        "shortcut_id": None,
        "app_id": bookmark.app_id or None,
    }


def shape_file(site: Site, file: File) -> Json:
    """A file as ``files.info`` shows it; its addresses want a token."""
    kinds: dict[str, list[str]] = {"channels": [], "groups": [], "ims": []}
    for name in sorted(file.channels):
        channel = site.workspace.channels.get(name)
        if channel is not None:
            kinds[_FILE_LISTS[channel.kind]].append(name)
    private = f"{site.url}/files-pri/{TEAM_ID}-{file.id}"
    suffix = file.name.rpartition(".")[2].lower() if "." in file.name else "text"
    shape: Json = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": suffix,
        "pretty_type": suffix.upper(),
        "user": file.user,
        "user_team": TEAM_ID,
        "editable": False,
        "size": len(file.content),
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(kinds["channels"]),
        "public_url_shared": False,
        "url_private": f"{private}/{file.address_name}",
        "url_private_download": f"{private}/download/{file.address_name}",
        "permalink": f"{site.url}/files/{file.user}/{file.id}/{file.address_name}",
        **kinds,
    }
    if file.alt_text:
        shape["alt_txt"] = file.alt_text
    return shape


_FILE_LISTS = {"channels": "channels", "groups": "groups", "im": "ims", "mpim": "groups"}


def shape_message(site: Site, message: Message, *, with_metadata: bool = False) -> Json:
    """A message with its files in full."""
    shape: Json = message.shaped(with_metadata=with_metadata)
    files = [site.workspace.files[key] for key in message.files if key in site.workspace.files]
    if files:
        shape["files"] = [shape_file(site, file) for file in files if not file.is_deleted]
        shape["upload"] = True
    return shape
