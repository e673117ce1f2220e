"""JupyterHub's own pages in Chinese: JupyterHub has them in English only.

What people meet on their way into the course and out of it is translated. What only somebody who
runs a hub sees (tokens, administration) is left in English, and so is any sentence that a later
JupyterHub words anew, until it is entered here.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from jinja2.ext import Extension

PHRASES: dict[str, dict[str, str]] = {
    "page.html": {
        '<html lang="en">': '<html lang="zh-Hans">',
        "JupyterHub requires JavaScript.": "这个网页要用 JavaScript。",
        "Please enable it to proceed.": "请在浏览器里启用它，再刷新。",
        'title="Home"': 'title="首页"',
        ">Home</a>": ">首页</a>",
        ">Token</a>": ">令牌</a>",
        ">Admin</a>": ">管理</a>",
        ">Services</a>": ">服务</a>",
        "Toggle navigation": "展开或收起菜单",
        "Toggle dark mode": "切换深色和浅色",
        "</i>Logout</a>": "</i>退出登录</a>",
        ">Login</a>": ">登录</a>",
    },
    "login.html": {
        "Warning: JupyterHub seems to be served over an unsecured HTTP connection.": (
            "注意：这个网页没有加密，密码在途中可能被人看到。"
        ),
        "We strongly recommend enabling HTTPS for JupyterHub.": "请管理员启用 HTTPS。",
        "Sign in with {{ login_service }}": "用 {{ login_service }} 登录",
        "<h1>Sign in</h1>": "<h1>登录</h1>",
        "value='Sign in'": "value='登录'",
        "{{ login_error }}": (
            "{{ login_error | replace('Invalid username or password', '用户名或密码不对。') }}"
        ),
        "Username:": "用户名",
        "Password:": "密码",
        "Show password": "显示密码",
        "Hide password": "隐藏密码",
        'By logging into the platform you accept the <a href="{{ login_term_url }}">terms and '
        "conditions</a>.": '登录即表示接受<a href="{{ login_term_url }}">使用条款</a>。',
    },
    "logout.html": {"Successfully logged out.": "已退出登录。"},
    "spawn_pending.html": {
        "Your server is starting up.": "正在准备你的学习环境。",
        "You will be redirected automatically when it's ready for you.": (
            "准备好以后会自动打开，不用刷新。"
        ),
        '<span id="sr-progress">0%</span> Complete': '已完成 <span id="sr-progress">0%</span>',
        # It names the steps in English; they stand in the log below.
        '<p id="progress-message">': '<p id="progress-message" hidden>',
        "Event log": "启动记录",
        "Stop Server": "停止",
        "Stopping...": "正在停止……",
        "Stopping server...": "正在停止……",
        "Server stopped successfully!": "已经停止。",
        "Error stopping server": "没能停止",
    },
    "stop_pending.html": {
        "Your server is stopping.": "正在关闭你的学习环境。",
        "You will be able to start it again once it has finished stopping.": (
            "关好以后可以再次打开，做过的题都还在。"
        ),
        ">refresh</a>": ">刷新</a>",
    },
    "not_running.html": {
        "Spawn failed": "没能打开学习环境",
        "Server not running": "学习环境没有打开",
        "The latest attempt to start your server {{ server_name }} has failed.": (
            "刚才打开你的学习环境时出了错。"
        ),
        "Would you like to retry starting it?": "要再试一次吗？",
        "Your server {{ server_name }} is not running.": (
            "你的学习环境现在没有打开，做过的题都还在。"
        ),
        "It will be restarted automatically.": "稍后会自动打开。",
        "If you are not redirected in a few seconds, click below to launch your server.": (
            "几秒钟后还没有打开，就点下面的按钮。"
        ),
        "Would you like to start it?": "现在打开吗？",
        "Relaunch {% else %} Launch {% endif %} Server {{ server_name }}": (
            "再试一次 {% else %} 打开学习环境 {% endif %}"
        ),
    },
    "home.html": {
        "JupyterHub home page": "首页",
        "Stop My Server": "关闭学习环境",
        "{% if not default_server.active %}Start{% endif %} My Server": (
            "{% if default_server.active %}进入{% else %}打开{% endif %}学习环境"
        ),
    },
    "error.html": {
        "{{ status_code }} : {{ status_message }}": (
            "{{ status_code }}：{{ {403: '没有权限', 404: '没有这个页面', 500: '出了错', "
            "503: '暂时用不了'}.get(status_code, status_message) }}"
        ),
    },
    "404.html": {
        "Jupyter has lots of moons, but this is not one...": "请检查网址，或者从首页重新进入。",
    },
}
"""What stands in JupyterHub's templates, and what trainees are to read; by the template's name."""


class Chinese(Extension):
    """Translates JupyterHub's templates as Jinja reads them."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja's signature
        """Return a template with its phrases in Chinese; see Jinja's `Extension.preprocess`."""
        for english, chinese in PHRASES.get(PurePath(name or "").name, {}).items():
            source = re.sub(phrase(english), chinese, source)
        return source


def phrase(english: str) -> str:
    """Return a regular expression that finds a phrase however its template breaks the lines."""
    return r"\s+".join(map(re.escape, english.split()))
