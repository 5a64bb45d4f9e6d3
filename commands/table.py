"""The one table of what `./doudi` can do; stdlib only, because the bootstrap reads it before anything is installed."""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """One command: `module` in this package offers `add_arguments(parser)` and `run(arguments) -> int` (exit code).

    `extras` are the optional dependencies of pyproject.toml the bootstrap installs before running it.
    """

    name: str
    module: str
    summary: str
    extras: tuple[str, ...] = ()


COMMANDS = (
    Command("serve", "commands.serve", "启动平台；第一次启动会建库、载入区划和演示数据，并打印网址和账号"),
    Command("test", "commands.test", "装好测试所需，运行全部检查和测试（--quick 只跑快的）", ("test",)),
    Command("check", "commands.check", "代码检查：ruff、mypy、导入约定、模板编译", ("test",)),
    Command("demo", "commands.demo", "在空库里造演示数据，打印演示账号；demo accounts 给它们换新密码"),
    Command("bench", "commands.bench", "运行性能测量（tests/benchmarks）", ("test", "bench")),
    Command("db", "commands.db", "数据库：db upgrade 升级到本版本的结构"),
    Command("accounts", "commands.accounts", "账号：accounts reset 用户名，唯一的安全管理员进不来时用"),
    Command("keys", "commands.keys", "密钥：keys rotate 换用新密钥重新加密，可中断续做"),
    Command("scan", "commands.scan", "检查文件里有没有身份证号、电话、银行卡等个人信息"),
    Command("audit", "commands.audit", "审计：audit verify 校验审计记录是否被改动"),
    Command("plugins", "commands.plugins", "省级包：plugins list 列出，plugins check 检查"),
    Command("workdays", "commands.workdays", "从某天起数若干个工作日"),
    Command("texts", "commands.texts", "译文：texts update 收集界面文字，texts check 看还缺哪些英文"),
    Command("regions", "commands.regions", "行政区划：导入村级区划等"),
)


def find_command(name: str) -> Command | None:
    """The command of that name, or nothing."""
    return next((command for command in COMMANDS if command.name == name), None)


def overview() -> str:
    """The page of `./doudi --help`: every command with its sentence."""
    lines = [
        "用法：./doudi 命令 [选项]",
        "",
        "兜底：省级社会救助业务平台。状态存放在 var/ 或 $DOUDI_HOME。",
        "",
        "命令：",
        *(f"  {command.name:<10}{command.summary}" for command in COMMANDS),
        "",
        "每个命令的选项：./doudi 命令 --help",
    ]
    return "\n".join(lines)
