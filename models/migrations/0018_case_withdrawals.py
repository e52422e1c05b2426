from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0017_pair_rhythm')]

    initial = False

    operations = [
        ops.AddField(
            model_name='AssistanceCase',
            name='withdrawn_by_id',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='AssistanceCase',
            name='withdrawn_reason_sealed',
            field=fields.BinaryField(null=True),
        ),
    ]
